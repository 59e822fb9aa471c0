"""What is wrong with the policies of a site: two nonces, a map that is blocked, no integrity."""

from __future__ import annotations

from collections.abc import Iterator

from django.template.defaulttags import register

from importmap import Diagnostic

from ._policy import Policy, middleware, policies

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
