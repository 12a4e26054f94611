"""An in-memory Clean Rooms ML service on your own machine, for tests, demos and work without a network.

>>> async with LocalService() as service, service.connect() as client:
...     ...
"""

from .clock import Clock
from .faults import Delay, ErrorResponse, Fault, RawResponse, Reset, Throttle, TruncatedBody
from .lifecycle import Durations
from .service import LocalService, RecordedRequest

__all__ = [
    "Clock",
    "Delay",
    "Durations",
    "ErrorResponse",
    "Fault",
    "LocalService",
    "RawResponse",
    "RecordedRequest",
    "Reset",
    "Throttle",
    "TruncatedBody",
]
