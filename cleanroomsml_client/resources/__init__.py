"""One module for each family of resources, in the order of AWS's own table of contents."""
