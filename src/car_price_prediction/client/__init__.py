"""A client of the service, for programs: it needs nothing but Python's own library.

>>> from car_price_prediction.client import Client
>>> client = Client("http://localhost:5000", timeout_s=5)
"""

from .answers import CarProblem, Column, Deal, Features, FieldInfo, Job, ProblemRow, Quote, QuoteWarning, Status
from .client import Client
from .errors import ClientError, FieldError, InvalidCarError, JobFailedError, NoAnswerError, ProblemError
from .transport import Retries

__all__ = [
    "CarProblem",
    "Client",
    "ClientError",
    "Column",
    "Deal",
    "Features",
    "FieldError",
    "FieldInfo",
    "InvalidCarError",
    "Job",
    "JobFailedError",
    "NoAnswerError",
    "ProblemError",
    "ProblemRow",
    "Quote",
    "QuoteWarning",
    "Retries",
    "Status",
]
