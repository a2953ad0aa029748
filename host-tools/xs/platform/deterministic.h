/* Date and Math.random of XS: from the virtual clock and a seed. For the platforms' definitions of XS, which include sys/time.h before. */
#ifndef LOAM_DETERMINISTIC_H
#define LOAM_DETERMINISTIC_H

typedef struct timeval c_timeval;
#define c_timezone timezone
extern int hostGetTimeOfDay(struct timeval *time, void *zone);
#define c_gettimeofday hostGetTimeOfDay
extern int hostRandom(void);
#define c_rand hostRandom
#define C_RAND_MAX 0x7FFFFFFF

#endif
