/* Of the C++ library: no threads. */
#include <bits/gthr-single.h>
