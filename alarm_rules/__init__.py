"""What makes an alarm; shared by profiles, gateway and server."""
