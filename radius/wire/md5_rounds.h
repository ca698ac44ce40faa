/*
 * md5_rounds.h - the four rounds of MD5 (RFC 1321 3.4)
 *
 * For inclusion into a file that says what STEP and the functions F, G, H and I
 * are; MD5_ROUNDS works on words W and the state A, B, C, D.
 */
#define ROUND4(f, k0, k1, k2, k3, s0, s1, s2, s3, t0, t1, t2, t3)              \
	STEP(f, a, b, c, d, k0, s0, t0);                                       \
	STEP(f, d, a, b, c, k1, s1, t1);                                       \
	STEP(f, c, d, a, b, k2, s2, t2);                                       \
	STEP(f, b, c, d, a, k3, s3, t3)
#define R1(k, ...) ROUND4(F, k, k + 1, k + 2, k + 3, 7, 12, 17, 22, __VA_ARGS__)
#define R2(k0, k1, k2, k3, ...)                                                \
	ROUND4(G, k0, k1, k2, k3, 5, 9, 14, 20, __VA_ARGS__)
#define R3(k0, k1, k2, k3, ...)                                                \
	ROUND4(H, k0, k1, k2, k3, 4, 11, 16, 23, __VA_ARGS__)
#define R4(k0, k1, k2, k3, ...)                                                \
	ROUND4(I, k0, k1, k2, k3, 6, 10, 15, 21, __VA_ARGS__)

/* clang-format off: one line, four steps */
#define MD5_ROUNDS                                                             \
	R1(0, 0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee);                 \
	R1(4, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501);                 \
	R1(8, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be);                 \
	R1(12, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821);                \
	R2(1, 6, 11, 0, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa);       \
	R2(5, 10, 15, 4, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8);      \
	R2(9, 14, 3, 8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed);       \
	R2(13, 2, 7, 12, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a);      \
	R3(5, 8, 11, 14, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c);      \
	R3(1, 4, 7, 10, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70);       \
	R3(13, 0, 3, 6, 0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05);       \
	R3(9, 12, 15, 2, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665);      \
	R4(0, 7, 14, 5, 0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039);       \
	R4(12, 3, 10, 1, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1);      \
	R4(8, 15, 6, 13, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1);      \
	R4(4, 11, 2, 9, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391)
/* clang-format on */
