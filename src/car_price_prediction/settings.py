"""Every setting of the service, as one frozen object; `variables` reads it from ``CAR_PRICE_…`` variables."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

ORIGIN = r"https?://[a-z0-9._-]+(:[0-9]{1,5})?"
"""What a browser sends as a page's origin: scheme, host in lower case, and the port where it is not the usual one."""
HOST = r"\.?[a-z0-9][a-z0-9._-]*"
LOCAL_HOSTS = ("localhost", "127.0.0.1")
"""Health checks ask by these."""


class Settings(BaseModel):
    """The settings; each field's description is its documentation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    artifacts: Path = Field(Path("artifacts"), description="Folder of the model packages and their data.")
    logs: Path = Field(Path("logs"), description="Folder of `running_logs.log`.")
    host: str = Field("127.0.0.1", description="Address that the API listens on.")
    port: int = Field(5000, ge=1, le=65535, description="Port that the API listens on.")
    workers: int = Field(1, ge=1, le=64, description="Worker processes of the API.")
    threads: int = Field(
        4, ge=1, le=64, description="Threads of a worker for requests that take long, such as batches."
    )
    max_waiting: int = Field(
        64,
        ge=1,
        le=10_000,
        description="Requests that wait or are being answered at once, per worker; one more gets 503 at once.",
    )
    body_timeout_s: float = Field(
        15.0, gt=0, le=3_600, description="How long a request's body may take to arrive, in seconds; then 408."
    )
    rate_limit: str | None = Field(
        None,
        pattern=r"^[1-9]\d{0,8} per (second|minute|hour|day)$",
        description="How often one client may ask, such as `600 per minute`; then 429. Without one there is no limit.",
    )
    rate_storage: str = Field(
        "memory://",
        pattern=r"^(memory://|rediss?://.+)$",
        description="Where clients' requests are counted: `memory://`, in each worker by itself, or"
        " `redis://host:port`, for all workers and replicas together.",
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=10,
        description="How many proxies in front, one behind the other, write `X-Forwarded-For`; 0 does not believe it.",
    )
    stop_wait_s: float = Field(
        1.0,
        ge=0,
        le=300,
        description="How long the API goes on after SIGTERM, in seconds, no longer ready, until a load balancer has"
        " noticed.",
    )
    reload_s: float = Field(
        0.1, gt=0, le=60, description="How often the API looks for a newly published model, in seconds."
    )
    max_body_bytes: int = Field(
        1_048_576, ge=1_024, description="Largest request body that is read, in bytes; a larger one gets 413."
    )
    max_depth: int = Field(
        32, ge=2, le=1_000, description="Lists and objects within each other in a body of JSON; a deeper one gets 400."
    )
    max_batch: int = Field(1_000, ge=1, description="Most cars in one `POST /predict/batch`.")
    jobs_folder: Path | None = Field(
        None,
        description="Folder of the files that are sent and of what comes of them, shared by all processes of the API;"
        " without one, a folder among the system's temporary files.",
    )
    jobs_at_once: int = Field(
        1, ge=0, le=64, description="Jobs that are worked on at once, a core each. 0 leaves them to other servers."
    )
    jobs_keep_s: float = Field(
        86_400, ge=1, le=31_536_000, description="How long a job and its files are kept, in seconds."
    )
    jobs_per_client: int = Field(5, ge=1, description="Unfinished jobs that one address may have; one more gets 429.")
    jobs_in_all: int = Field(100, ge=1, description="Unfinished jobs of all; one more gets 503.")
    jobs_folder_bytes: int = Field(
        10_737_418_240, ge=1_024, description="What all files of all jobs may take, in bytes; beyond, new ones get 507."
    )
    max_job_bytes: int = Field(268_435_456, ge=1_024, description="Largest file that a job is made of, in bytes.")
    max_job_rows: int = Field(5_000_000, ge=1, description="Most rows of a job's file.")
    max_job_unpacked_bytes: int = Field(
        4_294_967_296, ge=1_024, description="What a job's file may grow to when it is decompressed, in bytes."
    )
    max_file_bytes: int = Field(
        10_000_000, ge=1_024, description="Largest file of `POST /predict/file`, in bytes; a larger one is a job."
    )
    max_file_rows: int = Field(20_000, ge=1, description="Most rows of it.")
    valuations_url: str | None = Field(
        None,
        pattern=r"^(sqlite|[a-z0-9+]+://.+)$",
        description="Where answers to single cars and batches are kept: `sqlite`, a file in the artifacts folder,"
        " or a database as SQLAlchemy names it, such as `postgresql://user@host/name`. Without"
        " it none is kept.",
    )
    valuations_keep_days: int = Field(
        365, ge=0, le=36_500, description="How long they, and what the cars sold for, are kept, in days; 0 is for ever."
    )
    valuations_waiting_bytes: int = Field(
        1_073_741_824,
        ge=1_048_576,
        description="What answers that wait to be written there may take on disk, in bytes, where the database is gone"
        " or slower than the requests; beyond, they are dropped and counted.",
    )
    shadow_share: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Share of the cars of single requests and batches that the challenger prices too, unseen, once they"
        " are answered: 0.1 is one in ten. 0 does not load it.",
    )
    drift_every_s: float = Field(
        86_400.0,
        ge=0,
        le=31_536_000,
        description="How often the cars that are kept are compared with the training listings, in seconds, for"
        " `GET /info/drift` and the metrics. The more often, the surer each comparison must be of what it finds."
        " 0 never does.",
    )
    require_key: bool = Field(
        False,
        description="Refuse calls without an API key even while none was made; once one was, they are refused anyhow.",
    )
    page_open: bool = Field(
        False, description="With API keys: whether the page and what it shows of the model ask for none all the same."
    )
    metrics: Literal["key", "open", "off"] = Field(
        "key",
        description="Who may read `GET /metrics` where calls need an API key: holders of one of scope `metrics`, or"
        " everyone (`open`). `off` counts nothing.",
    )
    metrics_folder: Path | None = Field(
        None,
        description="Folder of the workers' numbers, of this server alone and best in memory; without one, a folder in"
        " `/dev/shm`, or else among the system's temporary files. Emptied at start.",
    )
    cors_origins: str | None = Field(
        None,
        pattern=f"^{ORIGIN}(,{ORIGIN})*$",
        description="Sites whose scripts may call the API, separated by commas: `https://shop.example`.",
    )
    allowed_hosts: str | None = Field(
        None,
        pattern=f"^{HOST}(,{HOST})*$",
        description="Names that the API answers to, separated by commas, without ports; `.example.com` is all below"
        " it. localhost and 127.0.0.1 always are. Without this setting, every name is.",
    )
    hsts_s: int = Field(
        0,
        ge=0,
        description="How long browsers shall ask by TLS alone, in seconds (`Strict-Transport-Security`). Only behind a"
        " proxy that speaks TLS; 0 does not tell them to.",
    )
    docs_url: str | None = Field(
        None,
        pattern="^https?://",
        description="Where this documentation is, as `make docs` built it and you put it: the page links to it.",
    )
    log_level: str = Field(
        "INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Least severe level that is logged."
    )
    log_max_bytes: int = Field(
        10_000_000, ge=1_000, description="Size at which `running_logs.log` is renamed away, in bytes."
    )
    log_keep: int = Field(5, ge=1, le=1_000, description="How many renamed logs are kept.")
    health_interval_s: float = Field(
        30.0,
        gt=0,
        le=3_600,
        description="How often `car-price supervise` asks the API for its state, in seconds; three failures in a row "
        "restart it.",
    )
    health_start_s: float = Field(
        60.0, ge=0, le=3_600, description="How long the API may take to answer for the first time, in seconds."
    )
    data: str | None = Field(
        None, description="Listings that `car-price run` trains on; without any, the sample market."
    )
    currency: str | None = Field(None, description="Currency of their prices, such as EUR.")
    mileage_unit: Literal["km", "mi"] | None = Field(None, description="Unit of their mileages.")
    mlflow_tracking_uri: str | None = Field(
        None, description="MLflow server that training logs to; without one, runs are not tracked."
    )
    mlflow_experiment: str = Field("car-price-prediction", description="MLflow experiment of the training runs.")
    mlflow_model: str = Field("car-price", description="Name of the registered model in MLflow.")
    mlflow_data: Path = Field(
        Path("mlflow-data"), description="Folder of the MLflow server that `car-price run` starts."
    )
    mlflow_port: int = Field(5001, ge=1, le=65535, description="Port of the MLflow server that `car-price run` starts.")
    sync_s: float = Field(
        5.0, ge=0.1, le=20, description="How often `car-price models sync --follow` asks MLflow for the champion."
    )
    keep_models: int = Field(
        20,
        ge=0,
        description="Model versions that are kept, the newest; what answers and what was before it always are."
        " 0 keeps all.",
    )

    @property
    def origins(self) -> tuple[str, ...]:
        """The sites whose scripts may call the API."""
        return tuple(self.cors_origins.split(",")) if self.cors_origins else ()

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names that the API answers to; none where it answers to every name."""
        return (*self.allowed_hosts.split(","), *LOCAL_HOSTS) if self.allowed_hosts else ()

    @property
    def heartbeat(self) -> Path:
        """The file in which the follower of the champion says that it lives."""
        return self.artifacts / "sync.json"
