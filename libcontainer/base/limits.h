/* room: pure — every limit on input, in one place */
#ifndef BRIG_BASE_LIMITS_H
#define BRIG_BASE_LIMITS_H

#define LIMIT_FILE_BYTES   (16u << 20)	/* config.json, state.json, process.json */
#define LIMIT_SMALL_FILE   (1u << 20)	/* /etc/passwd, mountinfo-like files of others */
#define LIMIT_JSON_DEPTH   64u
#define LIMIT_MOUNTS       4096u
#define LIMIT_LIST         65536u	/* elements of any other array */
#define LIMIT_ID_LENGTH    1024u	/* container id, bytes */
#define LIMIT_SLOTS        8192u	/* descriptors of one plan */
#define LIMIT_STEPS        32768u
#define LIMIT_LOG_MESSAGES 64u		/* relayed from a child per walk */
#define LIMIT_LOG_BYTES    400u

#endif
