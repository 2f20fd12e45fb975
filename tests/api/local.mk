TESTS += %D%/client.sh
EXTRA_DIST += %D%/client.sh %D%/client.c
