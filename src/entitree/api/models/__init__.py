"""What travels over the wire, field for field as the platform names it, one file for each family."""

from __future__ import annotations

from entitree.api.models.errors import (
    ApiError as ApiError,
    ApiException as ApiException,
    RequestError as RequestError,
    ServiceException as ServiceException,
    Violation as Violation,
)
from entitree.api.models.keys import ApiKey as ApiKey, CreatedApiKey as CreatedApiKey, KeyLink as KeyLink
from entitree.api.models.logs import LogEntry as LogEntry
from entitree.api.models.provisioning import (
    Application as Application,
    Association as Association,
    Entity as Entity,
)
from entitree.api.models.resources import (
    Domain as Domain,
    InboundConfiguration as InboundConfiguration,
    Number as Number,
    Resource as Resource,
)
from entitree.api.models.strategies import (
    SenderPriority as SenderPriority,
    SendingStrategy as SendingStrategy,
    SendingStrategyCreated as SendingStrategyCreated,
    SendingStrategyRequest as SendingStrategyRequest,
)
from entitree.api.models.subscriptions import (
    Criterion as Criterion,
    ProfileReference as ProfileReference,
    SecurityReference as SecurityReference,
    Subscription as Subscription,
    SubscriptionChange as SubscriptionChange,
    SubscriptionCreated as SubscriptionCreated,
    SubscriptionEvent as SubscriptionEvent,
)
from entitree.api.models.wire import Paging as Paging, Platform as Platform, WireModel as WireModel
from entitree.api.names import DEFAULT_APPLICATION as DEFAULT_APPLICATION
