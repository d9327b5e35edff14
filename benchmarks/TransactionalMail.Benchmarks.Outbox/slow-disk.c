/* Makes every flush take longer, to see what a benchmark says on a disk that is slower than this machine's:

     cc -shared -fPIC -O2 -o slow-disk.so slow-disk.c
     LD_PRELOAD=$PWD/slow-disk.so FLUSH_DELAY_US=2000 dotnet run -c Release

   It delays everybody alike, the PostgreSQL server that the benchmark starts included. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static int slowly(const char *name, int descriptor)
{
    const char *delay = getenv("FLUSH_DELAY_US");
    int (*flush)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    if (delay) usleep((useconds_t)atol(delay));
    return flush(descriptor);
}

int fsync(int descriptor) { return slowly("fsync", descriptor); }

int fdatasync(int descriptor) { return slowly("fdatasync", descriptor); }
