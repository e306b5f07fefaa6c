"""The model that should answer: named, whole, made with libraries like these, and able to price a car."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from car_price_prediction.domain.errors import CarPriceError
from car_price_prediction.package.contents import read_contents
from car_price_prediction.pricing.valuer import Valuer

from .context import Context
from .finding import Finding, failed, ok, skipped, warning

LIBRARIES = ("lightgbm", "numpy", "polars")
"""Those that read a package; the others only took part in making it."""
NONE_CURRENT = "no version is current"


def current(context: Context) -> Finding:
    """Look whether a version is the one that should answer."""
    try:
        name = context.store.current_version()
        manifest = context.store.manifest(name)
    except CarPriceError as error:
        return failed(error.message, error.hint or "train one, or roll back: `car-price models rollback`")
    return ok(f"{name}, trained on {manifest.market.name}, is current")


def files(context: Context) -> Finding:
    """Look whether every file of the current version is the one that was published."""
    name = context.store.current_or_none()
    if name is None:
        return skipped(NONE_CURRENT)
    try:
        package = context.store.load(name)
    except CarPriceError as error:
        return failed(error.message, "`car-price models rollback`, or restore the folder from a backup")
    return ok(f"{len(package.manifest.files)} files are as they were published")


def libraries(context: Context) -> Finding:
    """Look whether the libraries here are those that the current version was made with."""
    name = context.store.current_or_none()
    if name is None:
        return skipped(NONE_CURRENT)
    try:
        made_with = context.store.manifest(name).libraries
    except CarPriceError as error:
        return skipped(error.message)
    here = {library: _installed(library) for library in LIBRARIES}
    differing = [library for library in LIBRARIES if made_with.get(library) not in (None, here[library])]
    told = ", ".join(f"{library} {here[library] or 'absent'}, made with {made_with[library]}" for library in differing)
    if any(_major(here[library]) != _major(made_with[library]) for library in differing):
        return failed(told, "install requirements/serve.lock, or train again with these libraries")
    if differing:
        return warning(told, "prices may differ in the last digits; install requirements/serve.lock to be sure")
    return ok(", ".join(f"{library} {here[library]}" for library in LIBRARIES))


def price(context: Context) -> Finding:
    """Look whether the current version prices a typical car, in this process."""
    name = context.store.current_or_none()
    if name is None:
        return skipped(NONE_CURRENT)
    try:
        quote = Valuer(read_contents(context.store.load(name))).probe()
    except CarPriceError as error:
        return failed(error.message, "`car-price models rollback`, or train again")
    return ok(f"a typical car costs {quote.price:,.0f} {quote.currency or ''}".rstrip())


def _installed(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""


def _major(text: str) -> str:
    return text.partition(".")[0]
