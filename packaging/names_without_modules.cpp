// Linked into the static programs alone. A static glibc would load what /etc/nsswitch.conf names, a
// shared library of the host's and that host's glibc with it, into a program that has another
// glibc. The two ways that are in glibc itself load nothing: /etc/hosts, and the name servers of
// /etc/resolv.conf, systemd-resolved's among them.
#include <nss.h>

namespace {

const int configured = __nss_configure_lookup("hosts", "files dns");

} // namespace
