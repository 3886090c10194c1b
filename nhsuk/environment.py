"""The Jinja environment that every page is written in."""

from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.module_loading import import_string
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader

from nhsuk import words

SERVICE_NAME = "Quality Surveillance Portal"


def url(name: str, *args: object, **kwargs: object) -> str:
    """The address of a named page; positional or keyword parts as the route has them."""
    return reverse(name, args=args, kwargs=kwargs)


def with_query(address: str, **parts: str | int | list[str] | None) -> str:
    """An address with a query string; parts that are None or "" are left out."""
    kept = {name: value for name, value in parts.items() if value not in (None, "")}
    return f"{address}?{urlencode(kept, doseq=True)}" if kept else address


def nonce(request: HttpRequest | None) -> str:
    """This answer's script nonce; printing it is what makes the policy carry it."""
    # Asked for as text at once: until it is printed it counts as false.
    return str(getattr(request, "csp_nonce", ""))


def environment(*, filters: dict[str, str] | None = None, **options: Any) -> Environment:
    """Make the environment.

    Args:
        filters: further filters, name to dotted path. Dates come in this way,
            because this layer is below the one that knows London's time.
        **options: what Django's backend passes, its loader among them.

    Returns:
        An escaping environment that finds our templates first and the design
        system's macros after. Those macros read parameters that were not
        given, hence the chainable undefined.
    """
    options["loader"] = ChoiceLoader([options["loader"], PackageLoader("nhsuk_frontend_jinja")])
    env = Environment(  # nosec B701 - the options that the engine gives switch escaping on
        **{
            **options,
            "autoescape": True,
            "undefined": ChainableUndefined,
            "trim_blocks": True,
            "lstrip_blocks": True,
        }
    )
    env.globals.update(
        static=static,
        url=url,
        with_query=with_query,
        nonce=nonce,
        get_messages=get_messages,
        service_name=SERVICE_NAME,
        # A protected mark: none is shipped; whoever may use it names their own file.
        logo=getattr(settings, "NHS_LOGO", ""),
        demonstration=getattr(settings, "DEMO", False),
    )
    env.filters.update(
        dial=words.dial,
        plural=words.plural,
        listing=words.listing,
        initial_small=words.initial_small,
    )
    env.filters.update({name: import_string(path) for name, path in (filters or {}).items()})
    return env
