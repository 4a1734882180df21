"""Access to the operating system: paths inside a folder, private files, file signatures, workers, terminals."""
