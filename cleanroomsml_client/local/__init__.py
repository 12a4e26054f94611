"""Clean Rooms ML on your own machine: for tests, demos and work without a network.

>>> async with LocalService() as service, service.connect() as client:
...     ...
"""

from .clock import Clock
from .faults import CutShort, Delay, Fault, Refuse, Reply, Reset, Throttle
from .lifecycle import Durations
from .service import LocalService, SeenRequest

__all__ = [
    "Clock",
    "CutShort",
    "Delay",
    "Durations",
    "Fault",
    "LocalService",
    "Refuse",
    "Reply",
    "Reset",
    "SeenRequest",
    "Throttle",
]
