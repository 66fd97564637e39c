"""What anyone may see, without an account."""

from registry.web.public import catalogue, front, noticeboard, policies, register, verifying
from registry.web.public.blueprint import bp

__all__ = ["bp", "catalogue", "front", "noticeboard", "policies", "register", "verifying"]
