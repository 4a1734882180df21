"""What the operating system gives: paths inside of a folder, private files, file signatures, workers, terminals."""
