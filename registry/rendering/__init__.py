"""Values drawn into bytes: certificates and other papers."""
