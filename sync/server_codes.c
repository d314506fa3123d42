#include "server_codes.h"

#define BAD_VALUE 2
#define FAILED_TO_PARSE 9
#define UNAUTHORIZED 13
#define AUTHENTICATION_FAILED 18
#define ILLEGAL_OPERATION 20
#define MAX_TIME_EXPIRED 50
#define COMMAND_NOT_FOUND 59
#define INVALID_OPTIONS 72
#define COMMAND_NOT_SUPPORTED 115
#define CAPPED_POSITION_LOST 136
#define NO_MAJORITY 148
#define NOT_IMPLEMENTED 238
#define INVALID_RESUME_TOKEN 260
#define CHANGE_STREAM_FATAL 280
#define CHANGE_STREAM_HISTORY_LOST 286
#define OBJECT_TOO_LARGE 10334
#define UNRECOGNIZED_STAGE 40324
#define UNKNOWN_FIELD 40415
#define NOT_A_REPLICA_SET 40573

bool
code_refuses_user(uint32_t code)
{
	return code == UNAUTHORIZED || code == AUTHENTICATION_FAILED;
}

bool
code_is_out_of_time(uint32_t code)
{
	return code == MAX_TIME_EXPIRED;
}

bool
code_refuses_sessions(uint32_t code)
{
	switch (code) {
	case BAD_VALUE:
	case FAILED_TO_PARSE:
	case ILLEGAL_OPERATION:
	case INVALID_OPTIONS:
	case COMMAND_NOT_SUPPORTED:
	case NO_MAJORITY:
	case NOT_IMPLEMENTED:
	case UNKNOWN_FIELD:
		return true;
	default:
		return false;
	}
}

bool
code_is_not_implemented(uint32_t code)
{
	return code == NOT_IMPLEMENTED;
}

bool
code_lost_its_place(uint32_t code)
{
	switch (code) {
	case CAPPED_POSITION_LOST:
	case INVALID_RESUME_TOKEN:
	case CHANGE_STREAM_FATAL:
	case CHANGE_STREAM_HISTORY_LOST:
	/* Going on from the token would meet the same event again. */
	case OBJECT_TOO_LARGE:
		return true;
	default:
		return false;
	}
}

bool
code_refuses_streams(uint32_t code)
{
	switch (code) {
	case COMMAND_NOT_FOUND:
	case NOT_IMPLEMENTED:
	case NOT_A_REPLICA_SET:
	case UNRECOGNIZED_STAGE:
		return true;
	default:
		return false;
	}
}
