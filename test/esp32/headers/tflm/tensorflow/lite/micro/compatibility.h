#pragma once

// The component is compiled so: its objects are never deleted.
#ifdef TF_LITE_STATIC_MEMORY
	#define TF_LITE_REMOVE_VIRTUAL_DELETE \
		void operator delete(void *) {}
#else
	#error "include tflmConfig.h first: the component is compiled with TF_LITE_STATIC_MEMORY"
#endif
