"""What a call costs, compared with raw aiobotocore and other clients: `make bench`."""
