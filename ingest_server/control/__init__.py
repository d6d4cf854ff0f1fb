"""What people ask of gateways: checked, sent until answered, settled once."""
