screen_tests = %D%/follow.sh %D%/hostile.sh %D%/keys.sh %D%/live.sh %D%/tmux.sh %D%/views.sh
TESTS += $(screen_tests)
EXTRA_DIST += $(screen_tests) %D%/lib.sh
