/*
 * The page is the same for the same titles in whatever order: rows of one height, no pictures, no
 * links, no fonts, and a height that follows from how many there are. What the person clicks is
 * told to the page around it, and nothing else.
 */
#include "frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define ROW_PX 48
#define EDGE_PX 72	/* the sentence above and the borders */

static const char style[] =
	":root{color-scheme:light dark;--mark:light-dark(#1d4ed8,#8ab4f8)}"
	"*{box-sizing:border-box}"
	"body{margin:0;padding:8px;font:16px/24px system-ui,sans-serif;background:Canvas;"
	"color:CanvasText}"
	"p{margin:0;height:40px;padding:8px;font-size:13px;opacity:.75;overflow:hidden;"
	"white-space:nowrap;text-overflow:ellipsis}"
	"ol{margin:0;padding:0;list-style:none}"
	"li{height:48px;padding:2px 0}"
	"button{display:flex;gap:12px;align-items:center;width:100%;height:44px;padding:0 12px;"
	"font:inherit;color:inherit;text-align:left;background:transparent;"
	"border:1px solid color-mix(in srgb,CanvasText 18%,transparent);border-radius:8px;"
	"cursor:pointer}"
	"button:enabled:hover{background:color-mix(in srgb,CanvasText 7%,transparent)}"
	"button:focus-visible{outline:2px solid var(--mark);outline-offset:0}"
	"button:disabled{opacity:.5;cursor:default}"
	"button[aria-pressed=true]{opacity:1;border-color:var(--mark);"
	"box-shadow:inset 0 0 0 1px var(--mark)}"
	".n{min-width:2ch;flex:none;text-align:right;opacity:.6;font-variant-numeric:tabular-nums}"
	".t{overflow:hidden;white-space:nowrap;text-overflow:ellipsis}"
	".c{opacity:.65;font-size:14px}";

static const char script[] =
	"(()=>{const d=document.body.dataset,say=document.querySelector('p');"
	"const tell=m=>{if(d.service)parent.postMessage(m,d.service)};"
	"tell({tacit:'height',px:Number(d.height)});"
	"const all=[...document.querySelectorAll('button')];"
	"for(const b of all)b.addEventListener('click',async()=>{"
	"for(const o of all)o.disabled=true;"
	"let r;try{r=await fetch('/frame/'+d.chooser,{method:'POST',credentials:'omit',"
	"headers:{'content-type':'application/json'},"
	"body:JSON.stringify({id:b.dataset.id})})}catch{}"
	"if(r&&r.ok){b.setAttribute('aria-pressed','true');"
	"say.textContent='This site was told of this one only.';"
	"tell({tacit:'chosen',id:b.dataset.id})}"
	"else{say.textContent='That did not work. This site was told nothing.';"
	"for(const o of all)o.disabled=false}})})()";

/* Whether the service is a web origin and nothing else, so that it may stand in a header. */
static bool web_origin(const char *service)
{
	const char *host = strncmp(service, "https://", 8) == 0 ? service + 8 :
			   strncmp(service, "http://", 7) == 0 ? service + 7 : "";

	return *host != 0 &&
	       host[strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]")] == 0;
}

static void escape(FILE *out, const char *text)
{
	for (; *text != 0; text++)
		switch (*text) {
		case '&': fputs("&amp;", out); break;
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '"': fputs("&quot;", out); break;
		case '\'': fputs("&#39;", out); break;
		default: fputc((unsigned char)*text < 0x20 ? ' ' : *text, out);
		}
}

static void row(FILE *out, const struct tacit_framed *item, size_t number)
{
	fputs("<li><button type=\"button\" aria-pressed=\"false\" data-id=\"", out);
	escape(out, item->id);
	fputs("\" title=\"", out);	/* in full, where the row cuts it */
	escape(out, item->title != NULL ? item->title : "");
	fprintf(out, "\"><span class=\"n\">%zu</span><span class=\"t\" dir=\"auto\">", number);
	escape(out, item->title != NULL && item->title[0] != 0 ? item->title : item->id);
	if (item->year != 0)
		fprintf(out, " (%d)", (int)item->year);
	if (item->creator != NULL && item->creator[0] != 0) {
		fputs(" <span class=\"c\">", out);
		escape(out, item->creator);
		fputs("</span>", out);
	}
	fputs("</span></button></li>\n", out);
}

char *frame_page(const struct tacit_frame *frame, const char *nonce)
{
	char *text = NULL;
	size_t size = 0, i;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		return NULL;
	fprintf(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
		"<meta name=\"viewport\" content=\"width=device-width\">"
		"<title>In your order</title><style nonce=\"%s\">%s</style></head>\n"
		"<body data-service=\"", nonce, style);
	escape(out, web_origin(frame->service) ? frame->service : "");
	fprintf(out, "\" data-chooser=\"%s\" data-height=\"%zu\">\n"
		"<p id=\"about\" role=\"status\">Only you see this order, not this site.</p>"
		"\n<ol aria-describedby=\"about\">\n", frame->chooser,
		frame->count * ROW_PX + EDGE_PX);
	for (i = 0; i < frame->count; i++)
		row(out, &frame->item[i], i + 1);
	fprintf(out, "</ol>\n<script nonce=\"%s\">%s</script></body></html>\n", nonce, script);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

/* The sandbox takes the page's origin away, so that "self" may mean nothing to a browser. */
void frame_policy(const struct tacit_frame *frame, const char *host, const char *nonce, char *out,
		  size_t max)
{
	snprintf(out, max, "default-src 'none'; style-src 'nonce-%s'; script-src 'nonce-%s'; "
		 "connect-src 'self' http://%s; base-uri 'none'; form-action 'none'; "
		 "sandbox allow-scripts; frame-ancestors %s", nonce, nonce, host,
		 web_origin(frame->service) ? frame->service : "'none'");
}

void frame_make(struct tacit *t, const char *handle, const char *host, struct doors_reply *reply)
{
	struct tacit_frame *frame = NULL;
	unsigned char random[16];
	char nonce[33];
	size_t i;
	int result = tacit_frame(t, handle, &frame);

	if (result == TACIT_E_SECRET || result == TACIT_E_NOT_FOUND || result == TACIT_E_ARGUMENT) {
		doors_refuse(reply, 401, DOORS_NOBODY);
		return;
	}
	if (result == 0 && getrandom(random, sizeof(random), 0) != sizeof(random))
		result = TACIT_E_IO;
	if (result != 0) {
		tacit_frame_free(frame);
		doors_fail(reply, result);
		return;
	}
	for (i = 0; i < sizeof(random); i++)
		snprintf(nonce + 2 * i, 3, "%02x", random[i]);
	doors_give(reply, 200, frame_page(frame, nonce));
	frame_policy(frame, host, nonce, reply->policy, sizeof(reply->policy));
	reply->type = "text/html; charset=utf-8";
	tacit_frame_free(frame);
}
