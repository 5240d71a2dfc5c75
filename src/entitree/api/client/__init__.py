"""The platform in Python: one method an operation, typed in and out, and lists that arrive page by page."""

from __future__ import annotations

from entitree.api.client.domains import Domains
from entitree.api.client.inbound import Inbound
from entitree.api.client.keys import Keys
from entitree.api.client.logs import LOGS as LOGS, Logs
from entitree.api.client.numbers import Numbers
from entitree.api.client.provisioning import Provisioning
from entitree.api.client.strategies import Strategies
from entitree.api.client.subscriptions import Subscriptions

_FEWEST_PAGES = 2_000
"""That many pages are read whatever the totals say, which may be missing or wrong."""
_MOST_PAGES = 20_000


class PlatformClient(Provisioning, Strategies, Subscriptions, Numbers, Inbound, Domains, Keys, Logs):
    """All that this program asks of the platform. Every method raises what `Exchange.call` raises.

    Lists are async iterators of pages in the platform's order; each page is yielded as it arrives, the first
    even when it is empty. They end on an empty or a repeated page, or on a short one where the totals agree
    that it is the last. The same object may come twice when the list changes meanwhile. `size` is how many
    rows a page has at most, by default as many as the platform gives; `first` is the number of the page to
    begin with, so that a reading that broke off can go on where it was.
    """

    def _most_pages(self, said: int) -> int:
        return min(max(said, _FEWEST_PAGES), _MOST_PAGES)
