// fallocate(2): gives parts of a file back to the disk. Swift's own module of the C library leaves out what is GNU's.
#include <fcntl.h>
#include <linux/falloc.h>
extern int fallocate(int descriptor, int mode, off_t offset, off_t length);
