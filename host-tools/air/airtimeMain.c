/* airtime SF BANDWIDTH CODING-RATE PREAMBLE CRC HEADER: airtime of 0 to 255 bytes in microseconds, one per line. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "airtime.h"

int main(int argc, char **argv) {
	LoraFrameShape shape;
	int32_t bytes;
	if (argc != 7)
		return 64;
	shape.sf = atoi(argv[1]);
	shape.bandwidth = atoi(argv[2]);
	shape.codingRate = atoi(argv[3]);
	shape.preamble = atoi(argv[4]);
	shape.crc = atoi(argv[5]) != 0;
	shape.header = atoi(argv[6]) != 0;
	for (bytes = 0; bytes <= 255; bytes++)
		printf("%" PRIu64 "\n", loraAirtime(&shape, bytes));
	return 0;
}
