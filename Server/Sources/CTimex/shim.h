// adjtimex(2): what the kernel knows about its clock. Swift's own module of the C library leaves this header out.
#include <sys/timex.h>
