"""The platform vendor's own client, in an environment of its own: lists all entities, and prints the seconds.

Nothing of this program is imported: it is not there.
"""

import json
import os
import sys
import time

from infobip_cpaasx.api.entity_api import EntityApi  # type: ignore[import-not-found]
from infobip_cpaasx.api_client import ApiClient  # type: ignore[import-not-found]
from infobip_cpaasx.configuration import Configuration  # type: ignore[import-not-found]

PAGE = 100
"""The most that this client lets one ask for."""

if __name__ == "__main__":
    begin = time.perf_counter()
    configuration = Configuration(
        host=sys.argv[1],
        api_key={"APIKeyHeader": os.environ["ENTITREE_API_KEY"]},
        api_key_prefix={"APIKeyHeader": "App"},
    )
    api = EntityApi(ApiClient(configuration))
    page = listed = 0
    while results := api.get_entities(page=page, size=PAGE).results:
        listed += len(results)
        page += 1
    print(json.dumps([time.perf_counter() - begin, listed]))
