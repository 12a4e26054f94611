"""What a call costs, beside raw aiobotocore and its other users: `make bench`."""
