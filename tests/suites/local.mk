# Suites that others wrote, run under the filter; SUITES=none leaves them out.
suites = %D%/python.sh %D%/stress.sh
TESTS += $(suites)
LONG_TESTS += %D%/python_all.sh %D%/libuv.sh
EXTRA_DIST += $(suites) %D%/python_all.sh %D%/loopback.yaml
