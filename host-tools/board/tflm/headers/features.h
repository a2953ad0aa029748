/* The C++ library of this machine looks here for glibc, which the board has not. */
