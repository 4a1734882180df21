"""Documents → the site: visibility, addresses, taxonomies, series and links. Nothing here touches the disk."""
