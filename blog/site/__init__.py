"""Documents → the site: visibility, addresses, taxonomies, series and links. No module here reads or writes files."""
