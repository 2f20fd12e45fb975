# lists of this folder
