"""What people see; a query loads all that its page shows."""
