EXTRA_DIST += %D%/command.h
