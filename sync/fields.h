/* fields.h: the mapped fields by number, in the order of mapping.c. */
#ifndef EDGE_FIELDS_H
#define EDGE_FIELDS_H

/* A mission; sailbuoy missions have the same list but for the last. */
enum mission_field {
	M_PLATFORM, M_NUMBER, M_START, M_END, M_LAT_MIN, M_LAT_MAX, M_LON_MIN,
	M_LON_MAX, M_SEA_NAME, M_BASIN, M_WMO_ID, M_COMPLETE, M_MODIFIED,
	M_DISTANCE, M_VARIABLES, M_PROJECT, M_PROJECT_URL, M_COMMENT,
	/* gliders */
	M_PROFILES, M_DEPTH, M_DATA_POINTS, M_GLIDER_MAX,
	/* sailbuoys */
	M_LON = M_PROFILES, M_LAT, M_SAILBUOY_MAX
};

enum profile_field {
	P_PLATFORM, P_MISSION, P_NUMBER, P_LON, P_LAT, P_TIME, P_MAX_DEPTH,
	P_MAX
};

/* A platform; gliders have the first five, sailbuoys name no profiles. */
enum platform_field {
	V_PLATFORM, V_NAME, V_PROFILES, V_SECONDS, V_DEPTH, V_GLIDER_MAX,
	B_PLATFORM = 0, B_SECONDS, B_DISTANCE, B_MAX
};

enum stat_field { S_NAME, S_YEAR, S_DATE, S_VALUE, S_MAX };

/* Two fields a step follow the identity: done and time. */
enum pipeline_field { L_PLATFORM, L_NUMBER, L_STEPS };

#endif
