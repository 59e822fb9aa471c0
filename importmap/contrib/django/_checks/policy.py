"""The policies of a site, as settings say them, and their problems: two nonces, a blocked map, no integrity.

Reads the settings of Django and of django-csp.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.template.defaulttags import register

from importmap import Diagnostic
from importmap._base.value import Value

_DJANGO = "django.middleware.csp.ContentSecurityPolicyMiddleware"
_DJANGO_CSP = ("csp.middleware.CSPMiddleware", "csp.contrib.rate_limiting.RateLimitedCSPMiddleware")
#: What stands for the nonce: the value of Django's constant, and how django-csp prints its own.
_NONCES = ("<CSP_NONCE_SENTINEL>", "csp.constants.NONCE")
_DIGESTS = ("'sha256-", "'sha384-", "'sha512-")


class Policy(Value):
    """What one policy says of scripts.

    :param place: the table of its directives, as Python code.
    :param directive: the directive that decides about script elements.
    :param sources: which scripts it allows (CSP Level 3, "Source Lists").
    :param constant: how the settings write the nonce.
    :param module: where that name comes from.
    """

    place: str
    directive: str
    sources: tuple[str, ...]
    constant: str
    module: str

    @property
    def is_of_django(self) -> bool:
        return self.module.startswith("django.")

    @property
    def allows_nonce(self) -> bool:
        return any(source in _NONCES or source.startswith("'nonce-") for source in self.sources)

    @property
    def allows_digests(self) -> bool:
        return any(source.startswith(_DIGESTS) for source in self.sources)

    @property
    def allows_inline(self) -> bool:
        # A nonce, a digest or 'strict-dynamic' takes the meaning from 'unsafe-inline'.
        return "'unsafe-inline'" in self.sources and "'strict-dynamic'" not in self.sources

    @property
    def allows_urls(self) -> bool:
        """Whether scripts are allowed by where they lie, whatever their tags say."""
        urls = (source for source in self.sources if source not in _NONCES)
        is_any = any(source == "'self'" or not source.startswith("'") for source in urls)
        return is_any and "'strict-dynamic'" not in self.sources

    def with_sources(self, *without: str, more: str) -> str:
        """The lines for the settings that add to the sources, and leave some out."""
        kept = (source for source in self.sources if source not in without)
        written = [self.constant if source in _NONCES else repr(source) for source in kept]
        name = self.constant.partition(".")[0]
        imported = f"from {self.module} import {name}\n" if self.constant in (more, *written) else ""
        # What is said of all kinds of content stays as it is.
        directive = "script-src" if self.directive == "default-src" else self.directive
        return f'{imported}{self.place}["{directive}"] = [{", ".join([*written, more])}]'


def policies() -> Iterator[Policy]:
    """The policies of the middleware that is active, of those that restrict scripts."""
    return (policy for policy in _policies() if policy.sources)


def _policies() -> Iterator[Policy]:
    of_django, of_django_csp = middleware()
    if of_django:
        for name in ("SECURE_CSP", "SECURE_CSP_REPORT_ONLY"):
            table = getattr(settings, name, None)
            if isinstance(table, Mapping):
                yield Policy(name, *_of_scripts(table), "CSP.NONCE", "django.utils.csp")
    if of_django_csp:
        for name in ("CONTENT_SECURITY_POLICY", "CONTENT_SECURITY_POLICY_REPORT_ONLY"):
            table = getattr(settings, name, None)
            given = table.get("DIRECTIVES", {}) if isinstance(table, Mapping) and table else None
            if isinstance(given, Mapping):
                scripts = _of_scripts({"default-src": "'self'", **given})
                yield Policy(f'{name}["DIRECTIVES"]', *scripts, "NONCE", "csp.constants")


def _of_scripts(directives: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The directive that is asked for script elements, and its sources; none where all are allowed."""
    for name in ("script-src-elem", "script-src", "default-src"):
        value = directives.get(name)
        if value:
            if isinstance(value, (set, frozenset)):
                value = sorted(map(str, value))
            values = value if isinstance(value, (list, tuple)) else [value]
            return name, tuple(" ".join(map(str, values)).split())
    return "", ()


def middleware() -> tuple[list[str], list[str]]:
    """The middleware that makes nonces, of the site's: Django's own, and that of django-csp."""
    of_django = [name for name in settings.MIDDLEWARE if name == _DJANGO]
    return of_django, [name for name in settings.MIDDLEWARE if name in _DJANGO_CSP]


_INTEGRITY = 'IMPORTMAP = {"integrity": True}'


def two_nonces() -> Iterator[Diagnostic]:
    """Two frameworks with a nonce each."""
    of_django, of_django_csp = middleware()
    for one in of_django:
        for other in of_django_csp:
            message = (
                f"{one!r} and {other!r} make a nonce each, and browsers know the one of the policy that "
                "came first: the map may carry the other."
            )
            hint = f"MIDDLEWARE.remove({other!r})"
            yield Diagnostic("IM409", "warning", message, place="settings.MIDDLEWARE", hint=hint)


def advice(*, integrity: bool, admin: bool) -> Iterator[Diagnostic]:
    """The policies under which a map, or what it maps, does not load; and integrity, if it is off.

    :param integrity: whether the map says the digests of all modules.
    :param admin: whether the site has the admin.
    """
    for policy in policies():
        if policy.allows_nonce:
            if admin and not policy.allows_urls and not _is_known_to_admin(policy):
                message = "allows scripts by nonce alone, and the admin's own have none: browsers drop them."
                yield _blocked(policy, message, policy.with_sources("'strict-dynamic'", more=repr("'self'")))
        elif policy.allows_digests:
            if not integrity and not policy.allows_urls:
                message = (
                    "allows scripts by their digests alone, and the map has no digests: no module is loaded."
                )
                hint = f"{_INTEGRITY}  # and all of ImportMap.csp_hashes in the policy"
                yield _blocked(policy, message, hint)
            elif not policy.allows_urls and "'strict-dynamic'" not in policy.sources:
                message = "allows modules by their digests alone: Safari drops what modules import."
                yield _blocked(policy, message, policy.with_sources(more=repr("'strict-dynamic'")))
        elif not policy.allows_inline:
            message = "allows no inline script: browsers drop the map, and every import fails."
            yield _blocked(policy, message, policy.with_sources("'none'", more=policy.constant))
    if not integrity:
        message = "integrity is off: browsers run whatever the server of static files sends."
        yield Diagnostic("IM411", "info", message, place="settings.IMPORTMAP", hint=_INTEGRITY)


def _is_known_to_admin(policy: Policy) -> bool:
    """Whether the admin prints the nonce of a policy: since Django 6.1 it does, if it is Django's own."""
    return policy.is_of_django and "csp_nonce_attr" in register.tags


def _blocked(policy: Policy, message: str, hint: str) -> Diagnostic:
    return Diagnostic("IM412", "warning", message, place=f"settings.{policy.place}", hint=hint)
