/* What an address says of TLS. */
#include <unistd.h>

#include "check.h"
#include "sync/tls.h"

static void
note(void *context, bool bad, const char *text)
{
	char *notes = context;

	CHECK(!bad);
	(void)snprintf(notes + strlen(notes), 2048 - strlen(notes), "%s\n",
	    text);
}

/* The notes on an address: 'p' password in the open, 'i' tlsInsecure, 'c'
 * certificates, 'h' names of hosts. */
static void
risks(const char *uri, const char *should)
{
	static const struct {
		char mark[2];
		const char *words;
	} marks[] = { { "p", "without TLS" }, { "i", "tlsInsecure takes" },
		{ "c", "tlsAllowInvalidCertificates takes" },
		{ "h", "tlsAllowInvalidHostnames takes" } };
	char notes[2048] = "", found[8] = "";
	size_t i;

	tls_tell_risks(uri, "NAME", note, notes);
	for (i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (strstr(notes, marks[i].words) != NULL)
			strcat(found, marks[i].mark);
	CHECK_STR(found, should);
	CHECK(strstr(notes, "secret") == NULL);
}

static void
password_in_the_open_is_told(void)
{
	risks("mongodb://u:secret@db.example.org/voto", "p");
	risks("mongodb://u:secret@127.0.0.1,10.0.0.1:27017/voto", "p");
	risks("mongodb://u:secret@h/voto?tls=false", "p");
	risks("mongodb://u:secret@h/voto?tls=true&tls=false", "p");
	risks("mongodb+srv://u:secret@h/voto?tls=false", "p");
	risks("mongodb://u:secret@h", "p");
	risks("mongodb://h/voto", "");
	risks("mongodb://u:secret@h/voto?tls=true", "");
	risks("mongodb://u:secret@h/voto?authSource=admin&TLS=TRUE", "");
	risks("mongodb://u:secret@h/voto?ssl=true", "");
	risks("mongodb://u:secret@h/voto?tlsCAFile=/ca", "");
	risks("mongodb+srv://u:secret@h/voto", "");
	risks("mongodb://u:secret@localhost:27017/voto", "");
	risks("mongodb://u:secret@127.0.0.1,[::1]:1/voto", "");
	risks("mongodb://u:secret@%2Frun%2Fmongodb.sock/voto", "");
}

static void
server_that_is_not_checked_is_told(void)
{
	risks("mongodb://h/voto?tlsInsecure=true", "i");
	risks("mongodb://h/voto?tlsAllowInvalidCertificates=true&"
	    "tlsAllowInvalidHostnames=true", "ch");
	risks("mongodb://h/voto?tlsInsecure=false", "");
	risks("mongodb://h/voto?xtlsInsecure=true", "");
}

static void
refused(const char *uri, const char *should)
{
	struct edge_err err = { 0 };

	CHECK(!tls_check_files(uri, &err));
	CHECK_INT(err.kind, EDGE_CONFIG);
	CHECK_STR(err.text, should);
}

static void
put(const char *text)
{
	FILE *f = fopen("unit tls.pem", "w");

	CHECK(f != NULL);
	if (f != NULL) {
		fputs(text, f);
		(void)fclose(f);
	}
}

static void
file_that_does_not_serve_is_named(void)
{
	struct edge_err err = { 0 };

	refused("mongodb://h/voto?tlsCAFile=/no/such.pem",
	    "EDGE_MONGODB_URI: tlsCAFile: /no/such.pem: No such file or "
	    "directory");
	refused("mongodb://h/voto?tlsCAFile=/",
	    "EDGE_MONGODB_URI: tlsCAFile: /: Is a directory");
	put("text");
	refused("mongodb://h/voto?tls=true&tlscafile=unit%20tls.pem",
	    "EDGE_MONGODB_URI: tlsCAFile: unit tls.pem: holds no certificate "
	    "in PEM form");
	put("-----BEGIN CERTIFICATE-----\n");
	CHECK(tls_check_files("mongodb://h/voto?tlsCAFile=unit%20tls.pem",
	    &err));
	refused("mongodb://h/voto?tlsCertificateKeyFile=unit%20tls.pem",
	    "EDGE_MONGODB_URI: tlsCertificateKeyFile: unit tls.pem: holds no "
	    "private key in PEM form");
	put("-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n");
	CHECK(tls_check_files("mongodb://h/voto?tlsCertificateKeyFile="
	    "unit%20tls.pem", &err));
	CHECK(tls_check_files("mongodb://h/voto", &err));
	CHECK(tls_check_files("mongodb://h/voto?", &err));
	(void)unlink("unit tls.pem");
}

int
main(void)
{
	RUN(password_in_the_open_is_told);
	RUN(server_that_is_not_checked_is_told);
	RUN(file_that_does_not_serve_is_named);
	return check_exit();
}
