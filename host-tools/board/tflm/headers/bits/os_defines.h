/* Of the C++ library: no operating system. */
