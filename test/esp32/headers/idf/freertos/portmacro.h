/* Of both ports: the compiler says which. */
#ifndef STAND_IN_PORTMACRO_H
#define STAND_IN_PORTMACRO_H

/* clang-format off: macros are compared with ESP-IDF's by their tokens */
#define portBASE_TYPE int

typedef portBASE_TYPE BaseType_t;
typedef unsigned portBASE_TYPE UBaseType_t;
typedef uint32_t TickType_t;

#define portMAX_DELAY (TickType_t)0xffffffffUL

#if defined(__XTENSA__)
extern void _frxt_setup_switch(void);
	#define portYIELD_FROM_ISR_NO_ARG() \
		({ \
			traceISR_EXIT_TO_SCHEDULER(); \
			_frxt_setup_switch(); \
		})
#else
void vPortYieldFromISR(void);
	#define portYIELD_FROM_ISR_NO_ARG() vPortYieldFromISR()
#endif

#endif
