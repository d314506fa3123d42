/* /projects: the projects missions were made for, as list and map; with
 * project= one of them and its missions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chart.h"
#include "views.h"

#define PROJECTS_MOST 500  /* in the list, by the alphabet */
#define ROWS_PAGE 100      /* missions of one project on the page */
#define NAME_BYTES 512     /* a project with a longer name is left out */

struct project {
	char name[NAME_BYTES];
	int64_t missions, first_ms, last_ms;
	char class_name[CHART_CLASS_BYTES];
};

struct projects {
	struct project at[PROJECTS_MOST];
	size_t length;
};

static int
by_missions(const void *a, const void *b)
{
	const struct project *x = a, *y = b;

	if (x->missions != y->missions)
		return x->missions < y->missions ? 1 : -1;
	return strcmp(x->name, y->name);
}

static void
read_span(struct view *view, const char *name, struct project *project)
{
	struct stmt *s = db_stmt(view->db, Q_PROJECT_SPAN);

	stmt_text(s, 1, name);
	if (!stmt_row(s, view->err))
		return;
	(void)snprintf(project->name, sizeof project->name, "%s", name);
	project->missions = stmt_get_int(s, 0);
	project->first_ms = stmt_get_int(s, 1);
	project->last_ms = stmt_get_int(s, 2);
	stmt_reset(s);
}

/* Goes from name to name in the index. */
static void
read_names(struct view *view, struct projects *projects)
{
	struct buffer name = { 0 };
	struct stmt *s;

	while (projects->length < PROJECTS_MOST && !name.failed) {
		s = db_stmt(view->db, Q_PROJECT_NEXT);
		stmt_text(s, 1, buffer_text(&name));
		if (!stmt_row(s, view->err))
			break;
		buffer_clear(&name);
		buffer_add_text(&name, row_text(s, 0));
		stmt_reset(s);
		if (name.length < NAME_BYTES)
			read_span(view, buffer_text(&name),
			    &projects->at[projects->length++]);
	}
	if (name.failed)
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
	buffer_free(&name);
}

/* The projects, those with the most missions first. NULL when out of
 * memory. */
static struct projects *
read_projects(struct view *view)
{
	struct projects *projects = calloc(1, sizeof *projects);
	size_t i;

	if (projects == NULL) {
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
		return NULL;
	}
	read_names(view, projects);
	qsort(projects->at, projects->length, sizeof *projects->at,
	    by_missions);
	for (i = 0; i < projects->length && i < CHART_SERIES; i++)
		chart_class('s', (int)i + 1, projects->at[i].class_name);
	return projects;
}

static void
put_project_url(struct view *view, cJSON *item, const char *member,
    const char *page, const char *name)
{
	struct buffer url = { 0 };

	buffer_printf(&url, "%s?project=", page);
	buffer_add_url(&url, name, strlen(name));
	if (url.failed)
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
	put_text(view, item, member, buffer_text(&url));
	buffer_free(&url);
}

/* Figures that only counted missions have a part in, as in /stats. */
static void
put_figures(struct view *view, cJSON *item, const char *name)
{
	struct stmt *s = db_stmt(view->db, Q_TOTALS);
	int64_t platforms = 0, profiles = 0, distance_mm = 0;

	stmt_text(s, 1, "project");
	stmt_text(s, 2, name);
	while (stmt_row(s, view->err)) {
		platforms += stmt_get_int(s, 1);
		profiles += stmt_get_int(s, 3);
		distance_mm += stmt_get_int(s, 5);
	}
	put_int(view, item, "platforms", platforms);
	put_int(view, item, "profiles", profiles);
	put_int(view, item, "distance_km", distance_mm / 1000000);
}

static void
put_project(struct view *view, cJSON *item, const struct project *project)
{
	put_text(view, item, "project", project->name);
	put_text(view, item, "class", project->class_name);
	put_int(view, item, "missions", project->missions);
	put_figures(view, item, project->name);
	put_time(view, item, "first", project->first_ms);
	put_time(view, item, "last", project->last_ms);
	put_int(view, item, "first_year", year_of(project->first_ms));
	put_int(view, item, "last_year", year_of(project->last_ms));
	put_bool(view, item, "one_year", year_of(project->first_ms) ==
	    year_of(project->last_ms));
	put_project_url(view, item, "url", "/projects", project->name);
	put_project_url(view, item, "missions_url", "/missions",
	    project->name);
}

static const struct project *
find_project(const struct projects *projects, const char *name)
{
	size_t i;

	for (i = 0; i < projects->length; i++)
		if (strcmp(projects->at[i].name, name) == 0)
			return &projects->at[i];
	return NULL;
}

static struct chart_list *
read_missions(struct view *view, const char *name)
{
	struct stmt *s = db_stmt(view->db, Q_MAP_MISSIONS_OF_PROJECT);

	stmt_text(s, 1, name);
	return chart_read_list(view, s);
}

/* So many projects, the largest, that the map does not hold too much. */
static size_t
drawn_projects(const struct projects *projects)
{
	int64_t missions = 0;
	size_t i;

	for (i = 0; i < projects->length; i++) {
		missions += projects->at[i].missions;
		if (i > 0 && missions > CHART_MOST)
			break;
	}
	return i;
}

/* The largest project lies on top. */
static enum view_result
put_map(struct view *view, const struct projects *projects,
    const struct project *only)
{
	struct chart chart;
	size_t i, k;
	bool any_grey = false;

	chart_begin(&chart, view, only != NULL ? "Map of one project's "
	    "missions" : "Map of missions by project");
	for (i = only != NULL ? projects->length : drawn_projects(projects);
	    i-- > 0;) {
		const struct project *project = &projects->at[i];
		struct chart_look look = { .class_name = project->class_name,
			.fits = true, .dot = true, .highlight = only != NULL,
			.highlight_live = true };
		struct chart_list *list;

		if (only != NULL && only != project)
			continue;
		list = read_missions(view, project->name);
		if (list == NULL)
			return VIEW_FAILED;
		for (k = list->length; k-- > 0;)
			chart_add(&chart, list->at[k].id, only != NULL ?
			    CHART_BASIN : CHART_SEA, &look);
		any_grey = any_grey || project->class_name[0] == '\0';
		free(list);
	}
	for (i = 0; i < projects->length && i < CHART_SERIES; i++)
		if (only == NULL || only == &projects->at[i])
			chart_add_key(&chart, projects->at[i].name,
			    projects->at[i].class_name);
	if (any_grey && only == NULL)
		chart_add_key(&chart, "others", NULL);
	return view_end(view);
}

static void
put_missions(struct view *view, const struct project *project)
{
	struct chart_list *list = read_missions(view, project->name);
	cJSON *items;
	size_t i;

	if (list == NULL)
		return;
	items = put_array(view, view->out, "missions");
	for (i = 0; i < list->length && i < ROWS_PAGE; i++)
		put_mission(view, add_object(view, items), list->at[i].id,
		    NULL);
	put_bool(view, view->out, "missions_cut", list->length > i);
	free(list);
}

static enum view_result
put_page(struct view *view, const struct projects *projects,
    const struct project *only)
{
	cJSON *items = put_array(view, view->out, "items");
	size_t i;

	for (i = 0; i < projects->length; i++)
		if (only == NULL || only == &projects->at[i])
			put_project(view, add_object(view, items),
			    &projects->at[i]);
	put_bool(view, view->out, "items_cut",
	    projects->length == PROJECTS_MOST);
	if (only != NULL) {
		put_text(view, view->out, "chosen", only->name);
		put_missions(view, only);
	} else {
		put_null(view, view->out, "chosen");
		(void)put_array(view, view->out, "missions");
		put_bool(view, view->out, "missions_cut", false);
	}
	chart_put_picture(view, "project", only != NULL ? "Map of the "
	    "project's missions; the table below names them" : "Map of the "
	    "missions, coloured by project; the table below names the "
	    "projects");
	return view_end(view);
}

/* Names the largest projects in place of one that is not there. */
static enum view_result
put_unknown(struct view *view, const struct projects *projects)
{
	cJSON *near = put_array(view, view->out, "near"), *item;
	size_t i;

	for (i = 0; i < projects->length && i < CHART_SERIES; i++) {
		item = add_object(view, near);
		put_text(view, item, "text", projects->at[i].name);
		put_project_url(view, item, "url", "/projects",
		    projects->at[i].name);
	}
	if (view->err->kind != EDGE_NONE)
		return VIEW_FAILED;
	err_set(view->err, EDGE_USAGE, "There is no such project here.");
	return VIEW_NOT_FOUND;
}

enum view_result
view_projects(struct view *view)
{
	const char *name = request_param(view->req, "project");
	const struct project *only = NULL;
	struct projects *projects;
	enum view_result result;

	if (chart_width(view) != VIEW_OK)
		return VIEW_BAD_PARAM;
	projects = read_projects(view);
	if (projects == NULL)
		return VIEW_FAILED;
	if (name != NULL && (only = find_project(projects, name)) == NULL)
		result = put_unknown(view, projects);
	else
		result = chart_wanted(view) ? put_map(view, projects, only) :
		    put_page(view, projects, only);
	free(projects);
	return result;
}
