check_PROGRAMS += %D%/doctor.t
TESTS += %D%/doctor.t
%C%_doctor_t_SOURCES = %D%/doctor.c
