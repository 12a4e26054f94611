# What type checkers and editors read in place of __init__.py, which loads each module when one of its names is used.

from ._blocking import Blocking as Blocking
from ._blocking import blocking as blocking
from ._client import Client as Client
from ._client import Response as Response
from ._connect import Connection as Connection
from ._connect import connect as connect
from ._dicts import from_dict as from_dict
from ._dicts import to_dict as to_dict
from ._fields import SequenceNotStr as SequenceNotStr
from ._models import FrozenDict as FrozenDict
from ._models import OpenEnum as OpenEnum
from ._pacing import NO_PACING as NO_PACING
from ._pacing import Pacing as Pacing
from ._paging import Page as Page
from ._paging import Pages as Pages
from ._retry import NO_RETRY as NO_RETRY
from ._retry import Attempt as Attempt
from ._retry import Observer as Observer
from ._retry import RetryPolicy as RetryPolicy
from ._seed_audiences import SeedAudienceReport as SeedAudienceReport
from ._seed_audiences import check_seed_audience as check_seed_audience
from ._seed_audiences import write_seed_audience as write_seed_audience
from ._version import __version__ as __version__
from ._waiting import Polling as Polling
from .errors import AccessDeniedError as AccessDeniedError
from .errors import CleanRoomsMLError as CleanRoomsMLError
from .errors import ConflictError as ConflictError
from .errors import CredentialsError as CredentialsError
from .errors import DeadlineError as DeadlineError
from .errors import HookError as HookError
from .errors import InternalServiceError as InternalServiceError
from .errors import RequestError as RequestError
from .errors import ResourceNotFoundError as ResourceNotFoundError
from .errors import ResponseError as ResponseError
from .errors import ServiceError as ServiceError
from .errors import ServiceQuotaExceededError as ServiceQuotaExceededError
from .errors import ThrottlingError as ThrottlingError
from .errors import TransportError as TransportError
from .errors import ValidationError as ValidationError
from .errors import WaitError as WaitError
from .errors import WaitFailedError as WaitFailedError
from .errors import WaitTimeoutError as WaitTimeoutError
from .resources.audience_export_jobs import *
from .resources.audience_generation_jobs import *
from .resources.audience_models import *
from .resources.collaboration_configured_model_algorithm_associations import *
from .resources.collaboration_ml_input_channels import *
from .resources.collaboration_trained_model_inference_jobs import *
from .resources.collaboration_trained_models import *
from .resources.configured_audience_models import *
from .resources.configured_model_algorithm_associations import *
from .resources.configured_model_algorithms import *
from .resources.instance_types import *
from .resources.ml_configurations import *
from .resources.ml_input_channels import *
from .resources.queries import *
from .resources.shared import *
from .resources.tags import *
from .resources.trained_model_export_jobs import *
from .resources.trained_model_inference_jobs import *
from .resources.trained_models import *
from .resources.training_datasets import *
from .resources.training_settings import *
