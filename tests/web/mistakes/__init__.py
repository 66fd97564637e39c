"""What people do wrong, act by act: late, twice, in two tabs, with a wrong value, without the right, too long after."""
