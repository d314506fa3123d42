/* server_codes.h: what the codes of a MongoDB server's error answers mean.
 * Pure. */
#ifndef EDGE_SERVER_CODES_H
#define EDGE_SERVER_CODES_H

#include <stdbool.h>
#include <stdint.h>

/* The server does not take this user. */
bool code_refuses_user(uint32_t code);
/* A read met its time limit, as where its member still lags. */
bool code_is_out_of_time(uint32_t code);
/* The server cannot be asked for a time or a majority. */
bool code_refuses_sessions(uint32_t code);
/* The server does not have what it was asked for. */
bool code_is_not_implemented(uint32_t code);
/* A change stream cannot go on from its token. */
bool code_lost_its_place(uint32_t code);
/* The server refuses change streams as such. */
bool code_refuses_streams(uint32_t code);

#endif
