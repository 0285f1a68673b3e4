/* room: test — the benchmark: the container's program */
/* The container's program: ends at once, or waits for ever when it is given an argument. Static. */
#include <unistd.h>

int main(int argc, char **argv)
{
	(void)argv;
	while (argc > 1)
		pause();
	return 0;
}
