"""What anyone may see, without an account."""

from registry.web.public import catalogue, finding, front, guides, noticeboard, policies, register, verifying
from registry.web.public.blueprint import bp

__all__ = ["bp", "catalogue", "finding", "front", "guides", "noticeboard", "policies", "register", "verifying"]
