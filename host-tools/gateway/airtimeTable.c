/* Writes the airtime, in microseconds, of every packet that LoRaWAN can hold: spreading factors 7 to 12, then 125, 250 and 500 kHz, then without
 * and with CRC, then 0 to 255 bytes; four bytes each, the lowest first. */
#include "airtime.h"

#include <stdio.h>

int main(void)
{
	static const int32_t bandwidths[] = {125000, 250000, 500000};
	int32_t sf, bandwidth, crc, bytes;
	for (sf = 7; sf <= 12; sf++) {
		for (bandwidth = 0; bandwidth < 3; bandwidth++) {
			for (crc = 0; crc < 2; crc++) {
				LoraFrameShape shape = {sf, bandwidths[bandwidth], 5, 8, crc != 0, true};
				for (bytes = 0; bytes < 256; bytes++) {
					uint64_t microseconds = loraAirtime(&shape, bytes);
					unsigned char word[4];
					word[0] = (unsigned char)microseconds;
					word[1] = (unsigned char)(microseconds >> 8);
					word[2] = (unsigned char)(microseconds >> 16);
					word[3] = (unsigned char)(microseconds >> 24);
					if (fwrite(word, 1, 4, stdout) != 4) return 1;
				}
			}
		}
	}
	return 0;
}
